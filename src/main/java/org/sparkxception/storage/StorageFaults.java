package org.sparkxception.storage;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;

/**
 * What a fault of a storage means, and what to do about it. Exceptions of S3A and HDFS are known by their names, so that this
 * class can be read where theirs are not there.
 */
public final class StorageFaults {
    /** Stands for where the storage of a URI is said to be. */
    private static final String ADDRESS = "{address}";

    /** Stands for the name of the jar of a URI's filesystem. */
    private static final String JAR = "{jar}";

    private StorageFaults() {}

    /** What a fault means for who reads or writes. */
    public enum Kind {
        /** The file is not there. */
        MISSING,
        /** The file changed while it was read, or a condition on what is there did not hold. */
        CHANGED,
        /** Permission, credentials, bucket, region or scheme: another try gives the same. */
        PERMANENT,
        /** Nothing more can be written. */
        FULL,
        /** Everything else: it may pass. */
        TRANSIENT
    }

    /** A fault that is known, by the names of exceptions or by words of their messages, and the way out of it. */
    private record Known(Kind kind, Set<String> exceptions, Set<String> words, String remedy) {
        boolean isIn(Set<String> names, List<String> messages) {
            return exceptions.stream().anyMatch(names::contains)
                    || words.stream().anyMatch(word -> messages.stream().anyMatch(message -> message.contains(word)));
        }
    }

    /** The first that applies counts: a refused connection may be told as a file that is not there. */
    private static final List<Known> KNOWN = List.of(
            new Known(
                    Kind.PERMANENT,
                    Set.of("UnsupportedFileSystemException"),
                    Set.of(),
                    "no filesystem of that scheme is known: check what stands before ://, such as hdfs, s3a or file, or give"
                            + " Spark the jar of it" + JAR),
            new Known(
                    Kind.CHANGED,
                    Set.of("RemoteFileChangedException"),
                    Set.of(),
                    "another writer changed it: run again when nobody writes there"),
            new Known(
                    Kind.PERMANENT,
                    Set.of("UnknownStoreException", "NoSuchBucketException"),
                    Set.of(),
                    "there is no bucket of that name: check it, and the endpoint (spark.hadoop.fs.s3a.endpoint)"),
            new Known(
                    Kind.PERMANENT,
                    Set.of("AWSRedirectException"),
                    Set.of("AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraint"),
                    "the bucket is in another region than was asked: set spark.hadoop.fs.s3a.endpoint.region to its region"),
            new Known(
                    Kind.PERMANENT,
                    Set.of("CredentialInitializationException"),
                    Set.of("Unable to load credentials"),
                    "there are no credentials for it: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a provider in"
                            + " spark.hadoop.fs.s3a.aws.credentials.provider"),
            new Known(
                    Kind.PERMANENT,
                    Set.of(),
                    Set.of("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken"),
                    "the storage does not know these credentials: check the access key and its secret, and that they are of"
                            + " this endpoint"),
            new Known(
                    Kind.PERMANENT,
                    Set.of(),
                    Set.of("RequestTimeTooSkewed"),
                    "the clock of this machine is too far from the storage's: set it"),
            new Known(
                    Kind.PERMANENT,
                    Set.of("AccessDeniedException", "AccessControlException"),
                    Set.of(
                            "(Permission denied)",
                            "Invalid directory or I/O error occurred for dir",
                            "Mkdirs failed to create",
                            "Cannot create directory"),
                    "permission is denied: check the credentials, if it takes any, and ask for the right to list and read"
                            + " there and, for an output, to write and delete"),
            new Known(
                    Kind.FULL,
                    Set.of("QuotaExceededException", "DiskOutOfSpaceException"),
                    Set.of("QuotaExceededException", "No space left on device", "Disk quota exceeded", "QuotaExceeded"),
                    "it is full: make room there, or ask for more"),
            new Known(
                    Kind.TRANSIENT, Set.of("UnknownHostException"), Set.of(), "its host is not known: check " + ADDRESS),
            new Known(
                    Kind.TRANSIENT,
                    Set.of(
                            "ConnectException",
                            "ConnectTimeoutException",
                            "NoRouteToHostException",
                            "SocketTimeoutException",
                            "AWSApiCallTimeoutException"),
                    Set.of(),
                    "it does not answer: check that the storage is up, and " + ADDRESS),
            new Known(
                    Kind.TRANSIENT,
                    Set.of("SocketException"),
                    Set.of(),
                    "it breaks connections off: check that the storage is up, and " + ADDRESS),
            new Known(
                    Kind.TRANSIENT,
                    Set.of("AWSServiceThrottledException"),
                    Set.of("SlowDown"),
                    "it asks for fewer requests at a time, for long now: try again later, with fewer executors or"
                            + " --fetch-threads"),
            new Known(
                    Kind.MISSING,
                    Set.of("FileNotFoundException", "NoSuchFileException"),
                    Set.of(),
                    "it is not there: check the name"));

    /** What a fault means, by itself or by what caused it. */
    public static Kind kind(Exception fault) {
        Set<String> names = names(fault);
        List<String> messages = messages(fault);
        return KNOWN.stream()
                .filter(known -> known.isIn(names, messages))
                .map(Known::kind)
                .findFirst()
                .orElse(Kind.TRANSIENT);
    }

    /** A fault as one sentence: where, what, and the way out. It repeats no key of the URI. */
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

    /** Whether it is known what a fault of this URI means: the exceptions name the URI, and {@link #explain} says more than they do. */
    public static boolean isKnown(String uri, Exception fault) {
        Set<String> names = names(fault);
        List<String> messages = messages(fault);
        return messages.stream().anyMatch(message -> message.contains(uri))
                && KNOWN.stream().anyMatch(known -> known.isIn(names, messages));
    }

    /**
     * Refuses a URI with keys in it: they would stand in plans, results and logs.
     *
     * @param option the option that the URI is the value of
     * @throws UserException (exit code 2), which does not repeat the URI
     */
    public static void rejectCredentials(String option, String uri) {
        if (UriSecrets.areIn(uri)) {
            throw new UserException(
                    ExitCode.USAGE,
                    option
                            + " has a key, a password or a signature in its URI, which would stand in plans, results and logs:"
                            + " take it out, and give it in the settings of the storage, such as AWS_ACCESS_KEY_ID and"
                            + " AWS_SECRET_ACCESS_KEY");
        }
    }

    private static String address(String uri) {
        if (uri.startsWith("s3")) {
            return "the endpoint (spark.hadoop.fs.s3a.endpoint)";
        }
        if (uri.startsWith("hdfs:")) {
            return "the host and the port of the name node; for the name of a cluster, that HADOOP_CONF_DIR names the folder"
                    + " with its hdfs-site.xml";
        }
        return "the host and the port";
    }

    /** The simple names of the classes of a fault and its causes, and of what these extend. */
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
