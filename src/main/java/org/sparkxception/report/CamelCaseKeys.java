package org.sparkxception.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Writes names as keys of {@code report.json}: "wait for images" becomes {@code waitForImages}, and "top-k" {@code topK}. */
final class CamelCaseKeys extends JsonSerializer<String> {
    private static final Pattern NEXT_WORD = Pattern.compile("[ -]([a-z])");

    @Override
    public void serialize(String name, JsonGenerator json, SerializerProvider provider) throws IOException {
        json.writeFieldName(
                NEXT_WORD.matcher(name).replaceAll(word -> word.group(1).toUpperCase(Locale.ROOT)));
    }
}
