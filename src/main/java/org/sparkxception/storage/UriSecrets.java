package org.sparkxception.storage;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Detects and removes keys, passwords and signatures in URIs: in the user info before the host ({@code s3a://KEY:SECRET@bucket}),
 * or in the query of a signed URL. File names can contain {@code @} and {@code ?}: their meaning depends on the scheme.
 */
public final class UriSecrets {
    /** Excludes ports: a port looks like a password until a slash follows. */
    private static final String NO_PORT = "(?!(?:[\\w.-]+|\\[[0-9a-f:.]+\\]):\\d*(?:[/?]|$))";

    private static final String WITHOUT_USER = "$1//";
    private static final Pattern IN_URI = userInfo("^\\s*", "");
    private static final Pattern IN_TEXT = userInfo("\\b", "\\s\"<>");

    /** The query of a URL whose scheme does not allow {@code ?} in file names, or that was signed by a storage. */
    private static final Pattern QUERY = Pattern.compile("(?is)(\\s*(?:https?:[^?]*"
            + "|(?:abfss?|wasbs?|adl):[^?]*(?=\\?(?:.*&)?sig=)"
            + "|(?!file:)[a-z][a-z0-9+.-]*:[^?]*(?=\\?(?:.*&)?x-(?:amz|goog)-(?:signature|security-token)=)))\\?.*");

    private static final Pattern URL_WITH_QUERY =
            Pattern.compile("(?i)\\b(?:https?|abfss?|wasbs?|adl):/[^?\\n\"<>]*\\?[^\\s\"<>]+");

    private static final Pattern SECRET_PARAMETER = Pattern.compile("(?i)([?&](?:sig|auth|authorization|policy|jwt|hmac"
            + "|key-pair-id|[\\w.-]*(?:signature|token|credential|secret|password|passwd|access-?_?key(?:id)?|api-?_?key))=)"
            + "(?!sha256:[0-9a-f]{16}(?:[&#]|$))([^&#]+)");

    private static final int DIGITS = 16;

    private UriSecrets() {}

    /** A secret can contain slashes and {@code @}. User names alone are not secrets, except for S3 and HTTP, where they are keys. */
    private static Pattern userInfo(String begin, String end) {
        String password = "[^/@:" + end + "]*:(?:[^/" + end + "]*|[^@" + end + "]*)@";
        String key = "(?:" + password + "|[^/" + end + "]*@)";
        return Pattern.compile("(?i)(" + begin + "[a-z][a-z0-9+.-]*:)(?:"
                + "(?<=\\bs3[an]?:)//?" + key
                + "|(?<=\\bhttps?:)//?" + NO_PORT + key
                + "|//" + NO_PORT + password + ")");
    }

    /** Whether a URI contains secrets. */
    public static boolean areIn(String uri) {
        return !leftOut(uri).equals(uri);
    }

    /** Removes the secrets from a URI: its user info, and a query that can contain secrets. */
    public static String leftOut(String uri) {
        String withoutUser = IN_URI.matcher(uri).replaceFirst(WITHOUT_USER);
        Matcher query = QUERY.matcher(withoutUser);
        return query.matches() ? query.group(1) : withoutUser;
    }

    /**
     * Removes the secrets from the URIs in a text. User info is removed, and the values of secret parameters are replaced by a
     * digest, so that different values stay different.
     */
    public static String hidden(String text) {
        if (text.indexOf(":/") < 0) {
            return text;
        }
        String withoutUsers = IN_TEXT.matcher(text).replaceAll(WITHOUT_USER);
        return URL_WITH_QUERY
                .matcher(withoutUsers)
                .replaceAll(url -> Matcher.quoteReplacement(
                        SECRET_PARAMETER.matcher(url.group()).replaceAll(UriSecrets::digested)));
    }

    private static String digested(MatchResult parameter) {
        return Matcher.quoteReplacement(parameter.group(1) + "sha256:"
                + DigestUtils.sha256Hex(parameter.group(2)).substring(0, DIGITS));
    }
}
