package org.sparkxception.source.files;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.source.dataset.FileNames;
import org.sparkxception.source.dataset.ImageContent;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.dataset.ImageRows;
import org.sparkxception.source.dataset.ImageSource;
import org.sparkxception.source.dataset.Listing;
import org.sparkxception.source.fetch.LocalListing;
import org.sparkxception.source.files.ListingEntry.Kind;
import org.sparkxception.storage.FileSystems;
import org.sparkxception.storage.StorageFaults;

/**
 * Files in directories of any Hadoop filesystem. The executors list the directories, level by level. The driver keeps only the
 * directories of one level, never the files.
 */
public final class FilesSource implements ImageSource {
    private static final int DIRECTORIES_A_TASK = 16;

    private final SparkSession session;
    private final JavaSparkContext spark;
    private final List<String> inputs;
    private final List<String> globs;
    private final boolean truthOfParent;

    /**
     * Creates a source of files.
     *
     * @param inputs directories, files or globs
     * @param globs for file names; if empty, the usual image extensions
     * @param truthOfParent whether the name of the parent directory is the ground-truth class
     */
    public FilesSource(SparkSession session, List<String> inputs, List<String> globs, boolean truthOfParent) {
        this.session = session;
        this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        this.inputs = List.copyOf(inputs);
        this.globs = List.copyOf(globs);
        this.truthOfParent = truthOfParent;
    }

    @Override
    public Listing list() {
        Configuration configuration = spark.hadoopConfiguration();
        FileNames names = new FileNames(globs);
        List<Directory> directories = new ArrayList<>();
        List<ImageRef> named = new ArrayList<>();
        long hidden = 0;
        long excluded = 0;
        for (String input : inputs) {
            Resolved resolved = resolve(input, configuration);
            for (FileStatus found : resolved.files) {
                String name = found.getPath().getName();
                if (resolved.byGlob && names.hides(name)) {
                    hidden++;
                } else if (found.isDirectory()) {
                    directories.add(named(found, configuration));
                } else if (resolved.byGlob && !names.include(name)) {
                    excluded++;
                } else {
                    named.add(ListDirectory.image(found, truthOfParent));
                }
            }
        }
        return walk(directories, named, hidden, excluded);
    }

    @Override
    public JavaRDD<ImageContent> read(List<ImageRef> images) {
        return spark.emptyRDD();
    }

    private static Directory named(FileStatus directory, Configuration configuration) {
        Path path = directory.getPath();
        try {
            boolean local = LocalListing.isLocal(FileSystems.of(path, configuration));
            return new Directory(
                    path.toString(),
                    local ? LocalListing.real(path) : "",
                    directory instanceof LocalListing.LinkedDirectory);
        } catch (IOException e) {
            throw new UserException(
                    ExitCode.INPUT, "the input cannot be listed: " + StorageFaults.explain(path.toString(), e), e);
        }
    }

    private Listing walk(List<Directory> directories, List<ImageRef> named, long hidden, long excluded) {
        ListDirectory listDirectory =
                new ListDirectory(new SerializableConfiguration(spark.hadoopConfiguration()), globs, truthOfParent);
        List<JavaRDD<ListingEntry>> levels = new ArrayList<>();
        long count = named.size();
        DirectoryWalk walk = new DirectoryWalk(directories);
        for (List<Directory> level = walk.next(); !level.isEmpty(); level = walk.next()) {
            int tasks = Math.max(
                    1, Math.min(level.size(), Math.max(spark.defaultParallelism(), level.size() / DIRECTORIES_A_TASK)));
            JavaRDD<ListingEntry> listed =
                    spark.parallelize(level, tasks).flatMap(listDirectory).persist(StorageLevel.DISK_ONLY());
            levels.add(listed);
            for (ListingSummary summary :
                    listed.mapPartitions(ListingSummary::of).collect()) {
                if (!summary.fault().isEmpty()) {
                    throw new UserException(ExitCode.INPUT, summary.fault());
                }
                walk.add(summary.directories());
                count += summary.images();
                hidden += summary.hidden();
                excluded += summary.excluded();
            }
        }
        List<JavaRDD<ImageRef>> images = new ArrayList<>();
        images.add(spark.parallelize(named, 1));
        levels.forEach(listed ->
                images.add(listed.filter(found -> found.is(Kind.IMAGE)).map(ListingEntry::image)));
        // A single union of all levels: nested unions would be as deep as the directory tree.
        @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
        JavaRDD<ImageRef> all = spark.union(images.toArray(new JavaRDD[0]));
        Dataset<Row> rows = session.createDataFrame(all.map(ImageRows::row), ImageRows.SCHEMA);
        return new Listing(rows, count, hidden, excluded, false, levels);
    }

    /** The files of an input: the input itself if it exists, otherwise its matches as a glob. */
    private record Resolved(List<FileStatus> files, boolean byGlob) {}

    private static Resolved resolve(String input, Configuration configuration) {
        Path path = qualified(input, configuration);
        try {
            FileSystem storage = FileSystems.of(path, configuration);
            if (storage.exists(path)) {
                return new Resolved(List.of(storage.getFileStatus(path)), false);
            }
            FileStatus[] matches = LocalListing.of(path, configuration).globStatus(path);
            if (matches != null && matches.length > 0) {
                return new Resolved(List.of(matches), true);
            }
        } catch (IOException e) {
            throw new UserException(
                    ExitCode.INPUT, "the input cannot be read: " + StorageFaults.explain(path.toString(), e), e);
        }
        throw new UserException(ExitCode.INPUT, "the input " + path + " does not exist: check `input`");
    }

    /**
     * Qualifies a path as a full URI.
     *
     * @throws UserException (exit code 2) if it contains credentials or its scheme is unknown; (exit code 3) if it is not a valid
     *     Hadoop path
     */
    public static Path qualified(String name, Configuration configuration) {
        StorageFaults.rejectCredentials("an input or output", name);
        try {
            Path path = FileSystems.path(name);
            return FileSystems.of(path, configuration).makeQualified(path);
        } catch (UnsupportedFileSystemException e) {
            throw new UserException(ExitCode.USAGE, StorageFaults.explain(name, e), e);
        } catch (IOException e) {
            throw new UserException(ExitCode.INPUT, "cannot access " + StorageFaults.explain(name, e), e);
        } catch (IllegalArgumentException e) {
            throw new UserException(
                    ExitCode.INPUT,
                    name + " is not a valid Hadoop path (" + e.getMessage()
                            + "): use the full URI, such as file:///data/images, or the parent directory",
                    e);
        }
    }
}
