package org.sparkxception.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/** An HDFS of one name node and one data node in this JVM. */
public final class HdfsServer implements TestStorage {
    private final java.nio.file.Path folder;
    private final MiniDFSCluster cluster;

    public HdfsServer() throws IOException {
        this.folder = Files.createTempDirectory("hdfs");
        Configuration configuration = new Configuration();
        configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.toString());
        this.cluster = new MiniDFSCluster.Builder(configuration).build();
    }

    @Override
    public Path root() {
        return new Path(cluster.getURI().toString(), "/tests");
    }

    @Override
    public Map<String, String> settings() {
        return Map.of(
                "dfs.replication",
                "1",
                // A file is closed once the name node knows its block: ask after 5 ms, then 10 ms, and so on.
                "dfs.client.block.write.locateFollowingBlock.initial.delay.ms",
                "5",
                "dfs.client.block.write.locateFollowingBlock.retries",
                "12");
    }

    @Override
    public void close() {
        cluster.shutdown(true);
        FileUtil.fullyDelete(folder.toFile());
    }
}
