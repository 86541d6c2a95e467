package org.sparkxception.storage;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;

/**
 * Classifies storage faults, and explains how to fix them. Exceptions of S3A and HDFS are recognized by name, so that this class
 * can be loaded without their classes.
 */
public final class StorageFaults {
    /** Placeholder for the settings that determine the address of the storage. */
    private static final String ADDRESS = "{address}";

    /** Placeholder for the jar of the filesystem of a URI. */
    private static final String JAR = "{jar}";

    private StorageFaults() {}

    /** The kinds of faults, for callers that read or write. */
    public enum Kind {
        /** The file does not exist. */
        MISSING,
        /** The file changed while it was read, or the condition of a conditional write failed. */
        CHANGED,
        /** Permissions, credentials, bucket, region or scheme: a retry does not help. */
        PERMANENT,
        /** The storage is full, or a quota is exceeded. */
        FULL,
        /** Everything else: a retry can succeed. */
        TRANSIENT
    }

    /** A known fault, recognized by the names of exceptions or by parts of their messages, and its remedy. */
    private record Known(Kind kind, Set<String> exceptions, Set<String> words, String remedy) {
        boolean isIn(Set<String> names, List<String> messages) {
            return exceptions.stream().anyMatch(names::contains)
                    || words.stream().anyMatch(word -> messages.stream().anyMatch(message -> message.contains(word)));
        }
    }

    /** The first match applies: a refused connection can be reported as a missing file. */
    private static final List<Known> KNOWN = List.of(
            new Known(
                    Kind.PERMANENT,
                    Set.of("UnsupportedFileSystemException"),
                    Set.of(),
                    "no filesystem is known for this scheme: check the part before ://, such as hdfs, s3a or file, or"
                            + " add its jar to Spark" + JAR),
            new Known(
                    Kind.CHANGED,
                    Set.of("RemoteFileChangedException"),
                    Set.of(),
                    "another process changed it: run again when no other process writes there"),
            new Known(
                    Kind.PERMANENT,
                    Set.of("UnknownStoreException", "NoSuchBucketException"),
                    Set.of(),
                    "the bucket does not exist: check its name, and the endpoint (spark.hadoop.fs.s3a.endpoint)"),
            new Known(
                    Kind.PERMANENT,
                    Set.of("AWSRedirectException"),
                    Set.of("AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraint"),
                    "the bucket is in another region: set spark.hadoop.fs.s3a.endpoint.region to its region"),
            new Known(
                    Kind.PERMANENT,
                    Set.of("CredentialInitializationException"),
                    Set.of("Unable to load credentials"),
                    "no credentials found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or specify a provider in"
                            + " spark.hadoop.fs.s3a.aws.credentials.provider"),
            new Known(
                    Kind.PERMANENT,
                    Set.of(),
                    Set.of("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken"),
                    "the storage rejected the credentials: check the access key and the secret key, and that they"
                            + " belong to this endpoint"),
            new Known(
                    Kind.PERMANENT,
                    Set.of(),
                    Set.of("RequestTimeTooSkewed"),
                    "the clock of this machine differs too much from the clock of the storage: correct it"),
            new Known(
                    Kind.PERMANENT,
                    Set.of("AccessDeniedException", "AccessControlException"),
                    Set.of(
                            "(Permission denied)",
                            "Invalid directory or I/O error occurred for dir",
                            "Mkdirs failed to create",
                            "Cannot create directory"),
                    "permission denied: check the credentials, if the storage uses any, and request permission to list"
                            + " and read and, for an output, to write and delete"),
            new Known(
                    Kind.FULL,
                    Set.of("QuotaExceededException", "DiskOutOfSpaceException"),
                    Set.of("QuotaExceededException", "No space left on device", "Disk quota exceeded", "QuotaExceeded"),
                    "it is full, or its quota is exceeded: free up space, or request more"),
            new Known(Kind.TRANSIENT, Set.of("UnknownHostException"), Set.of(), "unknown host: check " + ADDRESS),
            new Known(
                    Kind.TRANSIENT,
                    Set.of(
                            "ConnectException",
                            "ConnectTimeoutException",
                            "NoRouteToHostException",
                            "SocketTimeoutException",
                            "AWSApiCallTimeoutException"),
                    Set.of(),
                    "the storage does not respond: check that it is running, and check " + ADDRESS),
            new Known(
                    Kind.TRANSIENT,
                    Set.of("SocketException"),
                    Set.of(),
                    "the storage drops connections: check that it is running, and check " + ADDRESS),
            new Known(
                    Kind.TRANSIENT,
                    Set.of("AWSServiceThrottledException"),
                    Set.of("SlowDown"),
                    "the storage keeps throttling requests: try again later with fewer executors or fetch threads"),
            new Known(
                    Kind.MISSING,
                    Set.of("FileNotFoundException", "NoSuchFileException"),
                    Set.of(),
                    "it does not exist: check the name"));

    /** The kind of a fault, determined by the exception and its causes. */
    public static Kind kind(Exception fault) {
        Set<String> names = names(fault);
        List<String> messages = messages(fault);
        return KNOWN.stream()
                .filter(known -> known.isIn(names, messages))
                .map(Known::kind)
                .findFirst()
                .orElse(Kind.TRANSIENT);
    }

    /** Explains a fault in one sentence: the URI without secrets, the problem, and the remedy. */
    public static String explain(String uri, Exception fault) {
        Set<String> names = names(fault);
        List<String> messages = messages(fault);
        return UriSecrets.leftOut(uri) + ": "
                + KNOWN.stream()
                        .filter(known -> known.isIn(names, messages))
                        .map(known -> known.remedy()
                                .replace(ADDRESS, address(uri))
                                .replace(
                                        JAR,
                                        FileSystems.jar(uri)
                                                .map(jar -> ": " + jar)
                                                .orElse("")))
                        .findFirst()
                        .orElseGet(() -> UriSecrets.hidden(messages.stream()
                                .findFirst()
                                .flatMap(message -> message.lines().findFirst())
                                .orElse(fault.getClass().getSimpleName())));
    }

    /** Whether a fault is known and its messages contain the URI, so that {@link #explain} says more than the exception. */
    public static boolean isKnown(String uri, Exception fault) {
        Set<String> names = names(fault);
        List<String> messages = messages(fault);
        return messages.stream().anyMatch(message -> message.contains(uri))
                && KNOWN.stream().anyMatch(known -> known.isIn(names, messages));
    }

    /**
     * Rejects a URI that contains secrets, which would appear in plans, results and logs.
     *
     * @param setting the setting whose value is the URI
     * @throws UserException (exit code 2) if it contains one; the message does not repeat the URI
     */
    public static void rejectCredentials(String setting, String uri) {
        if (UriSecrets.areIn(uri)) {
            throw new UserException(
                    ExitCode.USAGE,
                    "`" + setting
                            + "` has a key, a password or a signature in its URI, which would appear in plans, results and logs:"
                            + " remove it, and set it in the storage settings, such as AWS_ACCESS_KEY_ID and"
                            + " AWS_SECRET_ACCESS_KEY");
        }
    }

    private static String address(String uri) {
        if (uri.startsWith("s3")) {
            return "the endpoint (spark.hadoop.fs.s3a.endpoint)";
        }
        if (uri.startsWith("hdfs:")) {
            return "the host and port of the NameNode; for a cluster name, check that HADOOP_CONF_DIR is the directory"
                    + " with its hdfs-site.xml";
        }
        return "the host and port";
    }

    /** The simple class names of a fault, of its causes, and of all their superclasses. */
    private static Set<String> names(Throwable fault) {
        Set<String> names = new LinkedHashSet<>();
        for (Throwable thrown : chain(fault)) {
            for (Class<?> type = thrown.getClass(); type != null; type = type.getSuperclass()) {
                names.add(type.getSimpleName());
            }
        }
        return names;
    }

    private static List<String> messages(Throwable fault) {
        return chain(fault).stream()
                .map(Throwable::getMessage)
                .filter(message -> message != null)
                .toList();
    }

    private static List<Throwable> chain(Throwable fault) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable thrown = fault; thrown != null && !chain.contains(thrown); thrown = thrown.getCause()) {
            chain.add(thrown);
        }
        return chain;
    }
}
