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
 * Lists local directories with all that is in them. Hadoop's own listing leaves out links that lead nowhere and names that are not
 * UTF-8, and does not tell links to directories from directories.
 */
public final class LocalListing extends RawLocalFileSystem {
    /** A directory that a link leads to. */
    public static final class LinkedDirectory extends FileStatus {
        private static final long serialVersionUID = 1;

        LinkedDirectory(Path path, long modifiedMillis) {
            super(0, true, 1, 0, modifiedMillis, path);
        }
    }

    private LocalListing() {}

    /** How to list a directory: local ones in this way, all others as their filesystem does. */
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

    /** The directory without links, which is the same by whichever path it is reached. */
    public static String real(Path directory) throws IOException {
        return LocalNames.file(directory.toUri().getPath()).toRealPath().toString();
    }

    /**
     * What is known of a file that is to be opened. Another thing than a regular file would block whoever opens it, or never end.
     *
     * @throws FileFaultException if it is no regular file, or a link that leads nowhere
     */
    public static BasicFileAttributes requireRegular(java.nio.file.Path file) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new FileFaultException(
                        ImageStatus.UNREADABLE,
                        attributes.isDirectory()
                                ? "it is a directory"
                                : "it is not a regular file but a FIFO, a socket or a device, which is never opened");
            }
            return attributes;
        } catch (FileSystemException e) {
            if (Files.isSymbolicLink(file)) {
                throw new FileFaultException(
                        ImageStatus.MISSING,
                        "it is a symbolic link to " + Files.readSymbolicLink(file) + ", which leads to no file");
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
    @SuppressWarnings("StreamResourceLeak") // closed behind the last entry
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
                return new FileStatus(
                        0, false, 1, 0, 0, path); // as of a file that is asked for by its name and is missing
            }
            throw e;
        }
    }

    /** The entries of a directory, which is closed behind the last. */
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
