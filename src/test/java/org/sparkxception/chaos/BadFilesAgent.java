package org.sparkxception.chaos;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.matcher.ElementMatchers;

/**
 * Makes files that crash or stall the decoder: no such file is known that OpenCV still meets. As an agent in every JVM of a run, it
 * gives the decoder a real segmentation fault, or an endless loop, for files that begin with these words.
 */
public final class BadFilesAgent {
    public static final byte[] CRASH = "CRASH".getBytes(StandardCharsets.US_ASCII);
    public static final byte[] STALL = "STALL".getBytes(StandardCharsets.US_ASCII);

    private BadFilesAgent() {}

    /** What JAVA_TOOL_OPTIONS has to hold; the agent's jar is written to this folder. */
    public static String options(Path folder) throws Exception {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", BadFilesAgent.class.getName());
        manifest.getMainAttributes()
                .putValue("Class-Path", code(AgentBuilder.class).toUri().toString());
        Path jar = folder.resolve("bad-files-agent.jar");
        try (JarOutputStream stream = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            for (Class<?> type : new Class<?>[] {BadFilesAgent.class, OnDecode.class}) {
                String name = type.getName().replace('.', '/') + ".class";
                stream.putNextEntry(new JarEntry(name));
                stream.write(Files.readAllBytes(code(type).resolve(name)));
            }
        }
        return "-javaagent:" + jar + " -XX:ErrorFile=" + folder.resolve("hs_err_%p.log");
    }

    private static Path code(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    public static void premain(String arguments, Instrumentation instrumentation) {
        new AgentBuilder.Default()
                .type(ElementMatchers.named("org.sparkxception.image.ImageDecoder"))
                .transform((builder, type, loader, module, domain) ->
                        builder.visit(Advice.to(OnDecode.class).on(ElementMatchers.named("decode"))))
                .installOn(instrumentation);
    }

    /** Called at the begin of {@code ImageDecoder.decode}. */
    public static void meet(byte[] file) throws Exception {
        byte[] begin = Arrays.copyOf(file, CRASH.length);
        if (Arrays.equals(begin, CRASH)) {
            // By reflection, since the compiler warns of the class whatever one tells it.
            Class<?> type = Class.forName("sun.misc.Unsafe");
            Field unsafe = type.getDeclaredField("theUnsafe");
            unsafe.setAccessible(true);
            type.getMethod("putByte", long.class, byte.class).invoke(unsafe.get(null), 0L, (byte) 0);
        }
        while (Arrays.equals(begin, STALL)) {
            Thread.onSpinWait();
        }
    }

    /** Inlined into the decoder. */
    public static final class OnDecode {
        private OnDecode() {}

        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(0) byte[] file) throws Exception {
            BadFilesAgent.meet(file);
        }
    }
}
