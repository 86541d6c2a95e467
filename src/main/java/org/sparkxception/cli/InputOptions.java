package org.sparkxception.cli;

import java.util.List;
import org.sparkxception.InvalidSetting;
import org.sparkxception.image.decode.ImageDecoder;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.source.SourceKind;
import org.sparkxception.source.SourceSettings;
import org.sparkxception.source.fetch.FileFetcher;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The options that specify the images to score. */
@Command(optionListHeading = "Input:")
final class InputOptions {
    @Option(
            names = "--input",
            required = true,
            paramLabel = "URI",
            description = "Directory, file or glob on any Hadoop filesystem. Repeatable.")
    private List<String> inputs;

    @Option(
            names = "--input-format",
            paramLabel = "FORMAT",
            defaultValue = "files",
            description = "Format of the inputs: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private SourceKind inputFormat;

    @Option(
            names = "--include",
            paramLabel = "GLOB",
            description =
                    "Names of files to score. Repeatable. Default: the usual image extensions, in upper or lower case.")
    private List<String> include = List.of();

    @Option(
            names = "--id-column",
            paramLabel = "NAME",
            defaultValue = SourceSettings.DEFAULT_ID_COLUMN,
            description =
                    "Column with the image paths of a manifest, or with the image names of a table. Default: ${DEFAULT-VALUE}.")
    private String idColumn;

    @Option(
            names = "--content-column",
            paramLabel = "NAME",
            defaultValue = SourceSettings.DEFAULT_CONTENT_COLUMN,
            description = "Column with the image bytes of a table. Default: ${DEFAULT-VALUE}.")
    private String contentColumn;

    @Option(
            names = "--table-format",
            paramLabel = "NAME",
            defaultValue = SourceSettings.DEFAULT_TABLE_FORMAT,
            description = "Spark data source to read a table with. Default: ${DEFAULT-VALUE}.")
    private String tableFormat;

    @Option(
            names = "--truth",
            paramLabel = "WHERE",
            defaultValue = SourceSettings.NO_TRUTH,
            description = "Where the true class of an image comes from: " + SourceSettings.PARENT_DIRECTORY
                    + ", a column of the manifest or table, or " + SourceSettings.NO_TRUTH
                    + ". Default: ${DEFAULT-VALUE}.")
    private String truth;

    @Option(
            names = "--keep-columns",
            paramLabel = "NAMES",
            split = ",",
            description = "Columns of the manifest or table that go to the results, separated by commas.")
    private List<String> keepColumns = List.of();

    @Option(
            names = "--max-pixels",
            paramLabel = "N",
            defaultValue = "" + ImageDecoder.DEFAULT_MAX_PIXELS,
            description = "Images with more pixels are not decoded. Default: ${DEFAULT-VALUE}.")
    private long maxPixels;

    @Option(
            names = "--max-bytes",
            paramLabel = "N",
            defaultValue = "" + FileFetcher.DEFAULT_MAX_BYTES,
            description = "Files with more bytes are not read. Default: ${DEFAULT-VALUE}.")
    private long maxBytes;

    List<String> inputs() {
        return inputs;
    }

    /** Options that the kind of dataset does not have are ignored, unless the results would lack what is asked for. */
    SourceSettings source() {
        boolean hasColumns = inputFormat == SourceKind.MANIFEST || inputFormat == SourceKind.TABLE;
        if (!hasColumns && !keepColumns.isEmpty()) {
            throw new InvalidSetting(
                    SourceSettings.KEEP_COLUMNS,
                    "omitted for the input format " + inputFormat,
                    String.join(",", keepColumns));
        }
        return switch (inputFormat) {
            case FILES -> new SourceSettings.Files(include, truth);
            case MANIFEST -> new SourceSettings.Manifest(idColumn, truth, keepColumns);
            case TABLE -> new SourceSettings.Table(tableFormat, idColumn, contentColumn, truth, keepColumns);
            case TAR -> new SourceSettings.Tar(include, truth);
            case SEQUENCE_FILE -> new SourceSettings.SequenceFile(include, truth);
        };
    }

    void addTo(ScoringSettings.Builder scoring) {
        scoring.maxPixels(maxPixels).maxBytes(maxBytes);
    }
}
