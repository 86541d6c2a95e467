package org.sparkxception.source.dataset;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.storage.UriSecrets;

/** Looks up columns of a manifest or table by name. */
public final class Columns {
    private static final Set<DataType> KEPT =
            Set.of(DataTypes.BooleanType, DataTypes.DateType, DataTypes.TimestampType, DataTypes.TimestampNTZType);

    private final StructType schema;
    private final String where;

    /**
     * Creates a lookup of the columns of a schema.
     *
     * @param where the manifest or table, as named in messages
     */
    public Columns(StructType schema, String where) {
        this.schema = schema;
        this.where = where;
    }

    /**
     * Returns a column of scalar values, cast to text.
     *
     * @throws UserException (exit code 3) if the column does not exist, or its type is binary or nested
     */
    public Column text(String name, String setting) {
        DataType type = type(name, setting);
        if (type instanceof BinaryType
                || type instanceof StructType
                || type instanceof ArrayType
                || type instanceof MapType) {
            throw new UserException(
                    ExitCode.INPUT,
                    "%s: the column %s (`%s`) must contain text or numbers but is %s"
                            .formatted(where, name, setting, type.simpleString()));
        }
        return column(name).cast(DataTypes.StringType);
    }

    /** The column with the true classes as text; null values if no column is specified. */
    public Column truth(Optional<String> name) {
        return name.map(column -> text(column, "truth")).orElse(lit(null).cast(DataTypes.StringType));
    }

    /**
     * Returns columns that go to the results. Texts are without the secrets of URIs.
     *
     * @throws UserException (exit code 3) if a column does not exist, or its type is binary or nested
     */
    public List<Column> kept(List<String> names) {
        return names.stream().map(this::kept).toList();
    }

    private Column kept(String name) {
        DataType type = type(name, "keep-columns");
        if (type instanceof StringType) {
            return withoutSecrets(column(name)).as(name);
        }
        if (!(type instanceof NumericType) && !KEPT.contains(type)) {
            throw new UserException(
                    ExitCode.INPUT,
                    "%s: the column %s (`keep-columns`) must contain text, numbers, booleans, dates or times but is %s"
                            .formatted(where, name, type.simpleString()));
        }
        return column(name).as(name);
    }

    /** The column without the secrets of URIs. */
    public static Column withoutSecrets(Column text) {
        return udf(
                        (UDF1<String, String>) value -> value == null ? null : UriSecrets.hidden(value),
                        DataTypes.StringType)
                .apply(text);
    }

    /**
     * Returns a binary column.
     *
     * @throws UserException (exit code 3) if the column does not exist or is not binary
     */
    public Column bytes(String name, String setting) {
        DataType type = type(name, setting);
        if (!(type instanceof BinaryType)) {
            throw new UserException(
                    ExitCode.INPUT,
                    "%s: the column %s (`%s`) must be binary but is %s: the table has %s"
                            .formatted(where, name, setting, type.simpleString(), schema.toDDL()));
        }
        return column(name);
    }

    private DataType type(String name, String setting) {
        Optional<List<String>> parts = parts(schema, name);
        if (parts.isEmpty()) {
            throw new UserException(
                    ExitCode.INPUT,
                    "%s has no column %s (`%s`): it has %s"
                            .formatted(where, name, setting, schema.isEmpty() ? "none" : schema.toDDL()));
        }
        DataType type = schema;
        for (String part : parts.get()) {
            type = ((StructType) type).apply(part).dataType();
        }
        return type;
    }

    private Column column(String name) {
        return nested(parts(schema, name).orElseThrow());
    }

    /** The column at a path of field names, outermost first. */
    public static Column nested(List<String> parts) {
        Column column = quoted(parts.get(0));
        for (String part : parts.subList(1, parts.size())) {
            column = column.getField(part);
        }
        return column;
    }

    /** Resolves a name to a path of fields: a column of exactly this name, otherwise a struct field, such as {@code image.bytes}. */
    public static Optional<List<String>> parts(StructType schema, String name) {
        if (Arrays.asList(schema.fieldNames()).contains(name)) {
            return Optional.of(List.of(name));
        }
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            String outer = name.substring(0, dot);
            if (Arrays.asList(schema.fieldNames()).contains(outer)
                    && schema.apply(outer).dataType() instanceof StructType struct) {
                Optional<List<String>> inner = parts(struct, name.substring(dot + 1));
                if (inner.isPresent()) {
                    return Optional.of(Stream.concat(Stream.of(outer), inner.get().stream())
                            .toList());
                }
            }
        }
        return Optional.empty();
    }

    public static Column quoted(String name) {
        return col("`" + name.replace("`", "``") + "`");
    }

    /** Decodes a percent-encoded path of the column {@code _metadata.file_path}. */
    public static String path(String encoded) {
        return new Path(URI.create(encoded)).toString();
    }
}
