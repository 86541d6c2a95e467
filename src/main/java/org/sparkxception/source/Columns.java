package org.sparkxception.source;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.net.URI;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructType;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;

/** The columns of a manifest or table that are asked for by their names. */
final class Columns {
    private final StructType schema;
    private final String where;

    /**
     * Columns of a schema.
     *
     * @param where what to call the manifest or table in a message
     */
    Columns(StructType schema, String where) {
        this.schema = schema;
        this.where = where;
    }

    /**
     * A column of simple values, as text.
     *
     * @throws UserException (exit code 3) if it is not there, or its values are not simple
     */
    Column text(String name, String option) {
        DataType type = type(name, option);
        if (type instanceof BinaryType
                || type instanceof StructType
                || type instanceof ArrayType
                || type instanceof MapType) {
            throw new UserException(
                    ExitCode.INPUT,
                    "%s: the column %s (%s) must hold text or numbers but is %s"
                            .formatted(where, name, option, type.simpleString()));
        }
        return quoted(name).cast(DataTypes.StringType);
    }

    /** The column that {@code --truth} names, as text; nulls if it names none. */
    Column truth(Optional<String> name) {
        return name.map(column -> text(column, "--truth")).orElse(lit(null).cast(DataTypes.StringType));
    }

    /**
     * A column of bytes.
     *
     * @throws UserException (exit code 3) if it is not there, or not binary
     */
    Column bytes(String name, String option) {
        DataType type = type(name, option);
        if (!(type instanceof BinaryType)) {
            throw new UserException(
                    ExitCode.INPUT,
                    "%s: the column %s (%s) must be binary but is %s: the table has %s"
                            .formatted(where, name, option, type.simpleString(), schema.toDDL()));
        }
        return quoted(name);
    }

    private DataType type(String name, String option) {
        if (!Arrays.asList(schema.fieldNames()).contains(name)) {
            throw new UserException(
                    ExitCode.INPUT,
                    "%s has no column %s (%s): it has %s"
                            .formatted(where, name, option, schema.isEmpty() ? "none" : schema.toDDL()));
        }
        return schema.apply(name).dataType();
    }

    static Column quoted(String name) {
        return col("`" + name.replace("`", "``") + "`");
    }

    /** The path in the column {@code _metadata.file_path}, which is percent-encoded. */
    static String path(String encoded) {
        return new Path(URI.create(encoded)).toString();
    }
}
