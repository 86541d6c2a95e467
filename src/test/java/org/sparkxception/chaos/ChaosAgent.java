package org.sparkxception.chaos;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.matcher.ElementMatchers;

/**
 * Accidents that cannot be had by asking, in every JVM of a run: the decoder meets a real segmentation fault or an endless loop in
 * files that begin with these words (no file is known that still does that to OpenCV), and some tasks are slow to begin.
 */
public final class ChaosAgent {
    static final byte[] CRASH = "CRASH".getBytes(StandardCharsets.US_ASCII);
    static final byte[] STALL = "STALL".getBytes(StandardCharsets.US_ASCII);

    /** The share of tasks that pause before they begin. */
    static final String STRAGGLERS = "chaos.stragglers";

    private static final long PAUSE_MILLIS = 1000;

    private ChaosAgent() {}

    /** What JAVA_TOOL_OPTIONS has to hold; the agent's jar is written to this folder. */
    static String options(Path folder) throws Exception {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", ChaosAgent.class.getName());
        manifest.getMainAttributes()
                .putValue("Class-Path", code(AgentBuilder.class).toUri().toString());
        Path jar = folder.resolve("chaos-agent.jar");
        try (JarOutputStream stream = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            for (Class<?> type : List.of(ChaosAgent.class, OnTask.class, OnDecode.class, KillInCommit.class)) {
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
                .type(ElementMatchers.named("org.sparkxception.inference.Scorer"))
                .transform((builder, type, loader, module, domain) ->
                        builder.visit(Advice.to(OnTask.class).on(ElementMatchers.named("of"))))
                .type(ElementMatchers.named("org.sparkxception.image.decode.ImageDecoder"))
                .transform((builder, type, loader, module, domain) ->
                        builder.visit(Advice.to(OnDecode.class).on(ElementMatchers.named("decode"))))
                .installOn(instrumentation);
    }

    /** Called before a task scores its first image. */
    public static void begin() throws InterruptedException {
        double stragglers = Double.parseDouble(System.getProperty(STRAGGLERS, "0"));
        if (ThreadLocalRandom.current().nextDouble() < stragglers) {
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    /** Called before a file is decoded. */
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

    /** Inlined into the product. */
    public static final class OnTask {
        private OnTask() {}

        @Advice.OnMethodEnter
        static void enter() throws InterruptedException {
            ChaosAgent.begin();
        }
    }

    /** Inlined into the product. */
    public static final class OnDecode {
        private OnDecode() {}

        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(0) byte[] file) throws Exception {
            ChaosAgent.meet(file);
        }
    }
}
