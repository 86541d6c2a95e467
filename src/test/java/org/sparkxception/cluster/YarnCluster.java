package org.sparkxception.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/** A YARN of one resource manager and one node manager in this JVM; containers are processes of their own. */
final class YarnCluster implements AutoCloseable {
    private final MiniYARNCluster cluster;
    private final Path settings;

    /**
     * Starts it.
     *
     * @param folder for its settings, and for the folders and logs of containers
     */
    YarnCluster(Path folder) throws IOException {
        this.settings = Files.createDirectories(folder.resolve("settings"));
        System.setProperty("test.build.data", folder.toString());
        // It says much of containers that end as they should.
        Configurator.setLevel("org.apache.hadoop.yarn.server", Level.OFF);
        Configuration configuration = new YarnConfiguration();
        // The artifact comes without capacity-scheduler.xml.
        configuration.set("yarn.scheduler.capacity.root.queues", "default");
        configuration.set("yarn.scheduler.capacity.root.default.capacity", "100");
        configuration.set("yarn.scheduler.capacity.maximum-am-resource-percent", "1");
        configuration.set("yarn.scheduler.minimum-allocation-mb", "256");
        configuration.set("yarn.minicluster.yarn.nodemanager.resource.memory-mb", "16384");
        configuration.set("yarn.nodemanager.vmem-check-enabled", "false");
        configuration.set("yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", "100");
        configuration.set("yarn.resourcemanager.hostname", "localhost");
        cluster = new MiniYARNCluster("spark-xception", 1, 1, 1);
        cluster.init(configuration);
        cluster.start();
        try (OutputStream file = Files.newOutputStream(settings.resolve("yarn-site.xml"))) {
            cluster.getConfig().writeXml(file);
        }
    }

    /** What HADOOP_CONF_DIR has to name. */
    Path settings() {
        return settings;
    }

    @Override
    public void close() {
        cluster.stop();
    }
}
