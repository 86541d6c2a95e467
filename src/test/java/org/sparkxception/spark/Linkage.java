package org.sparkxception.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.xbean.asm9.ClassReader;
import org.apache.xbean.asm9.ClassVisitor;
import org.apache.xbean.asm9.FieldVisitor;
import org.apache.xbean.asm9.Handle;
import org.apache.xbean.asm9.Label;
import org.apache.xbean.asm9.MethodVisitor;
import org.apache.xbean.asm9.Opcodes;

/** Looks up every class, method and field that classes use, as the JVM would when it first runs each instruction. */
final class Linkage {
    private static final int API = Opcodes.ASM9;
    private static final Set<String> ANY_SIGNATURE =
            Set.of("java/lang/invoke/MethodHandle", "java/lang/invoke/VarHandle");

    private final ClassLoader loader;
    private final Map<String, Optional<Members>> known = new HashMap<>();
    private final Set<String> missing = new TreeSet<>();

    private record Members(List<String> supertypes, Set<String> declared) {}

    Linkage(ClassLoader loader) {
        this.loader = loader;
    }

    /** Uses that found nothing: of a class, or of a member as {@code class.name descriptor}. */
    Set<String> missing() {
        return missing;
    }

    void check(InputStream classFile) throws IOException {
        new ClassReader(classFile)
                .accept(
                        new ClassVisitor(API) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access, String name, String type, String generic, String[] faults) {
                                return new Uses();
                            }
                        },
                        ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    }

    private final class Uses extends MethodVisitor {
        Uses() {
            super(API);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String type, boolean isInterface) {
            requireMember(owner, name + type);
        }

        @Override
        public void visitFieldInsn(int opcode, String owner, String name, String type) {
            requireMember(owner, name + " " + type);
        }

        @Override
        public void visitTypeInsn(int opcode, String type) {
            if (!type.startsWith("[")) {
                requireClass(type);
            }
        }

        @Override
        public void visitTryCatchBlock(Label start, Label end, Label handler, String type) {
            if (type != null) {
                requireClass(type);
            }
        }

        @Override
        public void visitInvokeDynamicInsn(String name, String type, Handle bootstrap, Object... arguments) {
            for (Object argument : arguments) {
                if (argument instanceof Handle handle && handle.getTag() >= Opcodes.H_INVOKEVIRTUAL) {
                    requireMember(handle.getOwner(), handle.getName() + handle.getDesc());
                }
            }
        }
    }

    private void requireClass(String name) {
        if (members(name).isEmpty()) {
            missing.add(name);
        }
    }

    private void requireMember(String owner, String member) {
        if (owner.startsWith("[") || ANY_SIGNATURE.contains(owner)) {
            return;
        }
        requireClass(owner);
        if (members(owner).isPresent() && !has(owner, member)) {
            missing.add(owner + "." + member);
        }
    }

    private boolean has(String owner, String member) {
        return members(owner)
                .filter(found -> found.declared.contains(member)
                        || found.supertypes.stream().anyMatch(supertype -> has(supertype, member)))
                .isPresent();
    }

    private Optional<Members> members(String name) {
        Optional<Members> found = known.get(name);
        if (found == null) {
            found = read(name);
            known.put(name, found);
        }
        return found;
    }

    private Optional<Members> read(String name) {
        try (InputStream file = loader.getResourceAsStream(name + ".class")) {
            if (file == null) {
                return Optional.empty();
            }
            ClassReader reader = new ClassReader(file);
            Set<String> declared = new HashSet<>();
            reader.accept(
                    new ClassVisitor(API) {
                        @Override
                        public MethodVisitor visitMethod(
                                int access, String method, String type, String generic, String[] faults) {
                            declared.add(method + type);
                            return null;
                        }

                        @Override
                        public FieldVisitor visitField(
                                int access, String field, String type, String generic, Object value) {
                            declared.add(field + " " + type);
                            return null;
                        }
                    },
                    ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
            Set<String> supertypes = new TreeSet<>(List.of(reader.getInterfaces()));
            if (reader.getSuperName() != null) {
                supertypes.add(reader.getSuperName());
            }
            return Optional.of(new Members(List.copyOf(supertypes), declared));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
