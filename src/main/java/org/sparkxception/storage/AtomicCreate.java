package org.sparkxception.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options.CreateFileOptionKeys;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.ipc.RemoteException;

/** Creates a file if there is none of its name: of many that try at once, one can. */
final class AtomicCreate {
    private static final String CONDITION = CreateFileOptionKeys.FS_OPTION_CREATE_CONDITIONAL_OVERWRITE;

    private static final String BEING_CREATED = ".AlreadyBeingCreatedException";
    private static final String BEING_RECOVERED = ".RecoveryInProgressException";

    private AtomicCreate() {}

    /** Whether it could be created; that it is there already is no fault. */
    static boolean tryCreate(FileSystem storage, Path path, byte[] content) throws IOException {
        if (storage instanceof LocalFileSystem local) {
            return onDisk(local.pathToFile(path).toPath(), content);
        }
        return storage.hasPathCapability(path, CONDITION)
                ? byCondition(storage, path, content)
                : withoutOverwriting(storage, path, content);
    }

    /** The operating system's exclusive creation; Hadoop's own looks first, and creates then. */
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

    /** S3A: the condition goes along with the content, when the stream is closed. */
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

    /** HDFS: the name node creates one file of a name; a reader may see it before its content is whole. */
    private static boolean withoutOverwriting(FileSystem storage, Path path, byte[] content) throws IOException {
        OutputStream created;
        try {
            created = storage.create(path, false);
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (RemoteException e) {
            if (e.getClassName().endsWith(BEING_CREATED) || e.getClassName().endsWith(BEING_RECOVERED)) {
                return false;
            }
            throw e;
        }
        fill(created, content, () -> storage.delete(path, false));
        return true;
    }

    /** Writes the content; where there is no room for it, the file that was created is taken away again. */
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
