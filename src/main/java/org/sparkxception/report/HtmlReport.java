package org.sparkxception.report;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The HTML report: one self-contained file that requests nothing. The template escapes every text. Even if a text got through, the
 * Content-Security-Policy of the page allows only its own two scripts, by their hashes.
 */
public final class HtmlReport {
    private static final String CHARTS = "/META-INF/resources/webjars/uplot/1.6.30/";

    /** A name in the template that the view does not define is an error. */
    private static final Template TEMPLATE =
            Mustache.compiler().strictSections(true).emptyStringIsFalse(true).compile(resource("report.mustache"));

    private HtmlReport() {}

    /** Returns the HTML. */
    public static String of(RunReport report, RunDetails details) {
        String charts = "/*\n" + resource(CHARTS + "LICENSE") + "*/\n" + resource(CHARTS + "dist/uPlot.iife.min.js");
        String script = resource("report.js");
        Map<String, Object> page = new TreeMap<>(new ReportView(report, details).values());
        page.put("policy", policy(charts, script));
        page.put("style", resource(CHARTS + "dist/uPlot.min.css") + resource("report.css"));
        page.put("charts", charts);
        page.put("script", script);
        page.put("data", ChartData.json(report, details));
        return TEMPLATE.execute(page);
    }

    /** Source: Content Security Policy Level 3, W3C. */
    private static String policy(String... scripts) {
        StringBuilder allowed = new StringBuilder();
        for (String script : scripts) {
            allowed.append(" 'sha256-")
                    .append(Base64.getEncoder().encodeToString(DigestUtils.sha256(script)))
                    .append("'");
        }
        return "default-src 'none'; script-src" + allowed
                + "; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
    }

    private static String resource(String name) {
        try (InputStream stream = HtmlReport.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("the jar does not contain " + name);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
