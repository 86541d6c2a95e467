package org.sparkxception.source.fetch;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.RemoteIterator;
import org.sparkxception.image.ImageStatus;
import org.sparkxception.storage.FileSystems;

/**
 * Lists all entries of local directories. Hadoop's own listing omits broken symbolic links and names that are not UTF-8, and does
 * not distinguish links to directories from directories.
 */
public final class LocalListing extends RawLocalFileSystem {
    /** A symbolic link to a directory. */
    public static final class LinkedDirectory extends FileStatus {
        private static final long serialVersionUID = 1;

        LinkedDirectory(Path path, long modifiedMillis) {
            super(0, true, 1, 0, modifiedMillis, path);
        }
    }

    private LocalListing() {}

    /** The filesystem that lists a path: this class for local paths, the path's own filesystem otherwise. */
    public static FileSystem of(Path path, Configuration configuration) throws IOException {
        FileSystem storage = FileSystems.of(path, configuration);
        if (!isLocal(storage)) {
            return storage;
        }
        LocalListing listing = new LocalListing();
        listing.initialize(storage.getUri(), configuration);
        return listing;
    }

    public static boolean isLocal(FileSystem storage) {
        return storage.getUri().getScheme().equals("file");
    }

    /** The path of a local directory with all symbolic links resolved. */
    public static String real(Path directory) throws IOException {
        return LocalNames.file(directory.toUri().getPath()).toRealPath().toString();
    }

    /**
     * Checks that a file can be opened. Opening anything but a regular file could block, and reading it might never end.
     *
     * @return the attributes of the file
     * @throws FileFaultException if it is not a regular file, or is a broken symbolic link
     */
    public static BasicFileAttributes requireRegular(java.nio.file.Path file) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new FileFaultException(
                        ImageStatus.UNREADABLE,
                        attributes.isDirectory()
                                ? "it is a directory"
                                : "it is not a regular file: FIFOs, sockets and devices are never opened");
            }
            return attributes;
        } catch (FileSystemException e) {
            if (Files.isSymbolicLink(file)) {
                throw new FileFaultException(
                        ImageStatus.MISSING, "it is a broken symbolic link to " + Files.readSymbolicLink(file));
            }
            throw e;
        }
    }

    @Override
    public FileStatus[] listStatus(Path directory) throws IOException {
        List<FileStatus> all = new ArrayList<>();
        RemoteIterator<FileStatus> entries = listStatusIterator(directory);
        while (entries.hasNext()) {
            all.add(entries.next());
        }
        return all.toArray(FileStatus[]::new);
    }

    @Override
    @SuppressWarnings("StreamResourceLeak") // closed after the last entry
    public RemoteIterator<FileStatus> listStatusIterator(Path directory) throws IOException {
        java.nio.file.Path local = LocalNames.file(directory.toUri().getPath());
        if (!Files.isDirectory(local)) {
            return super.listStatusIterator(directory);
        }
        try {
            DirectoryStream<java.nio.file.Path> stream = Files.newDirectoryStream(local);
            return new Statuses(directory, stream.iterator(), stream);
        } catch (NoSuchFileException e) {
            throw new FileNotFoundException(directory + " does not exist");
        }
    }

    private static FileStatus status(Path path, java.nio.file.Path entry) throws IOException {
        try {
            BasicFileAttributes file = Files.readAttributes(entry, BasicFileAttributes.class);
            long modified = file.lastModifiedTime().toMillis();
            if (file.isDirectory() && Files.isSymbolicLink(entry)) {
                return new LinkedDirectory(path, modified);
            }
            return new FileStatus(file.isRegularFile() ? file.size() : 0, file.isDirectory(), 1, 0, modified, path);
        } catch (FileSystemException e) {
            if (e instanceof NoSuchFileException || Files.isSymbolicLink(entry)) {
                return new FileStatus(0, false, 1, 0, 0, path); // like a missing file that was requested by name
            }
            throw e;
        }
    }

    /** The entries of a directory. The stream is closed after the last entry. */
    private static final class Statuses implements RemoteIterator<FileStatus> {
        private final Path directory;
        private final Iterator<java.nio.file.Path> entries;
        private final AutoCloseable stream;

        Statuses(Path directory, Iterator<java.nio.file.Path> entries, AutoCloseable stream) {
            this.directory = directory;
            this.entries = entries;
            this.stream = stream;
        }

        @Override
        public boolean hasNext() throws IOException {
            try {
                if (entries.hasNext()) {
                    return true;
                }
                stream.close();
                return false;
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            } catch (IOException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            }
        }

        @Override
        public FileStatus next() throws IOException {
            java.nio.file.Path entry = entries.next();
            return status(new Path(directory, new Path(null, null, LocalNames.text(entry))), entry);
        }
    }
}
