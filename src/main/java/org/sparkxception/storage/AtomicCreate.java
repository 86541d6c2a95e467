package org.sparkxception.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options.CreateFileOptionKeys;
import org.apache.hadoop.fs.Path;

/** Creates a file if it does not exist. Of several concurrent attempts, only one succeeds. */
final class AtomicCreate {
    private static final String CONDITION = CreateFileOptionKeys.FS_OPTION_CREATE_CONDITIONAL_OVERWRITE;

    private AtomicCreate() {}

    /** Whether a storage can do that. If not, a process could overwrite the file that another one has just created. */
    static boolean isPossible(FileSystem storage, Path path) throws IOException {
        return StorageKind.of(storage).createsExclusively() || storage.hasPathCapability(path, CONDITION);
    }

    /** Returns whether the file was created; false if it already exists. */
    static boolean tryCreate(FileSystem storage, Path path, byte[] content) throws IOException {
        if (storage instanceof LocalFileSystem local) {
            return onDisk(local.pathToFile(path).toPath(), content);
        }
        if (storage.hasPathCapability(path, CONDITION)) {
            return byCondition(storage, path, content);
        }
        return switch (StorageKind.of(storage)) {
            case HDFS -> byName(storage, path, content);
            case GCS -> whenClosed(storage, path, content);
            case FILES ->
                storage.hasPathCapability(path, CommonPathCapabilities.LEASE_RECOVERABLE) // HDFS in another filesystem
                        ? byName(storage, path, content)
                        : withoutOverwriting(storage, path, content);
            case S3A, EMRFS, OTHER_OBJECT_STORE ->
                throw new UnsupportedOperationException(storage.getUri() + " cannot create a file exclusively");
        };
    }

    /** Uses exclusive creation of the operating system. Hadoop's own creation is not atomic: it checks first, then creates. */
    private static boolean onDisk(java.nio.file.Path file, byte[] content) throws IOException {
        Files.createDirectories(file.getParent());
        OutputStream created;
        try {
            created = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (java.nio.file.FileAlreadyExistsException e) {
            return false;
        }
        fill(created, content, () -> Files.delete(file));
        return true;
    }

    /** S3A sends the condition together with the content, when the stream is closed. */
    private static boolean byCondition(FileSystem storage, Path path, byte[] content) throws IOException {
        FSDataOutputStreamBuilder<?, ?> creation = storage.createFile(path);
        creation.recursive();
        creation.must(CONDITION, true);
        try (OutputStream stream = creation.build()) {
            stream.write(content);
        } catch (IOException e) {
            if (StorageFaults.kind(e) == StorageFaults.Kind.CHANGED) {
                return false;
            }
            throw e;
        }
        return true;
    }

    /**
     * HDFS: writes under a temporary name, then renames, since readers can see a file before it is complete. A read while the
     * DataNode finalizes the block can even make it drop the block: BlockSender treats a file that is being moved as lost
     * (Hadoop 3.4). The NameNode lets only one rename to the final name succeed.
     */
    private static boolean byName(FileSystem storage, Path path, byte[] content) throws IOException {
        Path unnamed = path.suffix(".new-" + UUID.randomUUID());
        fill(storage.create(unnamed, false), content, () -> storage.delete(unnamed, false));
        boolean named = storage.rename(unnamed, path);
        if (!named) {
            storage.delete(unnamed, false);
        }
        return named;
    }

    /** Google Cloud Storage checks the condition when the stream is closed. Nothing is there before, so nothing has to be removed. */
    private static boolean whenClosed(FileSystem storage, Path path, byte[] content) throws IOException {
        try (OutputStream stream = storage.create(path, false)) {
            stream.write(content);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException e) {
            if (storage.exists(path)) {
                return false;
            }
            throw e;
        }
    }

    /** Other storages: relies on their own guarantees for creation without overwriting. */
    private static boolean withoutOverwriting(FileSystem storage, Path path, byte[] content) throws IOException {
        OutputStream created;
        try {
            created = storage.create(path, false);
        } catch (FileAlreadyExistsException e) {
            return false;
        }
        fill(created, content, () -> storage.delete(path, false));
        return true;
    }

    /** Writes the content. If that fails, removes the created file. */
    private static void fill(OutputStream created, byte[] content, Removal removal) throws IOException {
        try (created) {
            created.write(content);
        } catch (IOException e) {
            try {
                removal.run();
            } catch (IOException further) {
                e.addSuppressed(further);
            }
            throw e;
        }
    }

    private interface Removal {
        void run() throws IOException;
    }
}
