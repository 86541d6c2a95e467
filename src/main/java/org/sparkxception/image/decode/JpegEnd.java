package org.sparkxception.image.decode;

import java.nio.ByteBuffer;
import java.util.OptionalInt;

/**
 * Checks what follows the scan of a JPEG with one scan: a marker that libjpeg fails at means that data before it is missing.
 *
 * <p>OpenCV accepts the pixels that libjpeg substitutes for missing data, and unlike Pillow, it does not check the end of the file. Files
 * with several scans need no check: libjpeg reads them to their end before it returns pixels. Source: ITU T.81, annex B; libjpeg for
 * the handling of misplaced markers.
 */
final class JpegEnd {
    private static final int SOF0 = 0xc0;
    private static final int SOF2 = 0xc2;
    private static final int SOF3 = 0xc3;
    private static final int DHT = 0xc4;
    private static final int SOF10 = 0xca;
    private static final int DAC = 0xcc;
    private static final int SOF15 = 0xcf;
    private static final int RST0 = 0xd0;
    private static final int RST7 = 0xd7;
    private static final int EOI = 0xd9;
    private static final int SOS = 0xda;
    private static final int DQT = 0xdb;
    private static final int DRI = 0xdd;
    private static final int APP0 = 0xe0;
    private static final int APP15 = 0xef;
    private static final int COM = 0xfe;
    private static final int TEM = 0x01;
    private static final int NONE = 0;
    private static final int START = 2;
    private static final int RESTARTS = 8;

    /** Size of Pillow's reads, in bytes; it stops reading after the last row. */
    private static final int READ_AT_ONCE = 1 << 16;

    private final byte[] file;
    private int limit;
    private int at = START;
    private int marker = NONE;

    private JpegEnd(byte[] file) {
        this.file = file;
        limit = file.length;
    }

    /** Returns the marker after the scan at which libjpeg fails, if there is one. */
    static OptionalInt wrongMarker(byte[] file) {
        try {
            return new JpegEnd(file).wrongMarker();
        } catch (IndexOutOfBoundsException e) {
            // The file ends before an end marker: the decoder checks whether the rows are complete.
            return OptionalInt.empty();
        }
    }

    private OptionalInt wrongMarker() {
        long restarts = 0;
        int frame = 0;
        int interval = 0;
        while (next() != SOS) {
            if (isFrame(marker)) {
                frame = at;
            } else if (marker == DRI) {
                interval = twoBytes(at + 2);
            } else if (marker == EOI) {
                return OptionalInt.empty();
            }
            if (hasLength(marker)) {
                at += twoBytes(at);
            }
        }
        boolean severalScans = frame == 0
                || twoBytes(frame - 2) == 0xff00 + SOF2
                || twoBytes(frame - 2) == 0xff00 + SOF10
                || oneByte(at + 2) < oneByte(frame + 7);
        if (severalScans) {
            return OptionalInt.empty();
        }
        if (interval > 0) {
            restarts = (units(frame) - 1) / interval;
        }
        at += twoBytes(at);
        skipScan(restarts);
        long end = (at + READ_AT_ONCE - 1L) / READ_AT_ONCE * READ_AT_ONCE;
        limit = (int) Math.min(file.length, end);
        while (marker != EOI) {
            if (!isSoundSegment()) {
                return OptionalInt.of(marker);
            }
            next();
        }
        return OptionalInt.empty();
    }

    /** Skips to the marker that ends the scan. If there is another marker in place of a restart, libjpeg tries to continue. */
    private void skipScan(long restarts) {
        next();
        for (long i = 0; i < restarts; i++) {
            int wanted = (int) (i % RESTARTS);
            while (!isTakenForRestart(wanted)) {
                next();
            }
        }
        if (marker == NONE) {
            next();
        }
    }

    private boolean isTakenForRestart(int wanted) {
        if (marker == NONE) {
            next();
        }
        if (marker < SOF0) {
            return false;
        }
        if (marker < RST0 || marker > RST7) {
            return true;
        }
        int ahead = Math.floorMod(marker - RST0 - wanted, RESTARTS);
        if (ahead == RESTARTS - 1 || ahead == RESTARTS - 2) {
            return false;
        }
        if (ahead != 1 && ahead != 2) {
            marker = NONE;
        }
        return true;
    }

    /** Whether libjpeg continues after a marker that follows the scan. Skips the segment of a marker with a length. */
    private boolean isSoundSegment() {
        if (marker == TEM || (marker >= RST0 && marker <= RST7)) {
            return true;
        }
        boolean known = marker == DHT
                || marker == DAC
                || (marker >= DQT && marker <= DRI)
                || (marker >= APP0 && marker <= APP15)
                || marker == COM;
        if (!known) {
            // libjpeg accepts a file that ends within the header of a scan.
            inFile(marker == SOS ? at + 2 : 0);
            return false;
        }
        int length = twoBytes(at);
        int start = at + 2;
        at += Math.max(length, 2);
        return switch (marker) {
            case DHT -> areHuffmanTables(start, length - 2);
            case DAC -> areConditionings(start, length - 2);
            case DQT -> areQuantizations(start, length - 2);
            case DRI -> length == 4;
            default -> true;
        };
    }

    private boolean areHuffmanTables(int start, int length) {
        int place = start;
        int left = length;
        while (left > 16) {
            int index = oneByte(place) & ~0x10;
            int count = 0;
            for (int i = 1; i <= 16; i++) {
                count += oneByte(place + i);
            }
            left -= 17;
            if (count > 256 || count > left || index > 3) {
                return false;
            }
            left -= count;
            place += 17 + count;
        }
        return left == 0;
    }

    private boolean areConditionings(int start, int length) {
        for (int place = start; place < start + length; place += 2) {
            int table = oneByte(place);
            int value = oneByte(place + 1);
            boolean ofLowest = table < 16;
            if (table >= 32 || (ofLowest && (value & 0xf) > value >> 4)) {
                return false;
            }
        }
        return length >= 0 && length % 2 == 0;
    }

    private boolean areQuantizations(int start, int length) {
        int place = start;
        int left = length;
        while (left > 0) {
            int size = oneByte(place) >> 4 == 0 ? 65 : 129;
            if ((oneByte(place) & 0xf) > 3 || left < size) {
                return false;
            }
            left -= size;
            place += size;
        }
        return left == 0;
    }

    /** Number of units (MCUs) in the scan, for the restart interval. */
    private long units(int frame) {
        int size = twoBytes(frame - 2) == 0xff00 + SOF3 ? 1 : Byte.SIZE;
        int components = oneByte(frame + 7);
        int across = 1;
        int down = 1;
        for (int i = 0; i < components && components > 1; i++) {
            int factors = oneByte(frame + 9 + 3 * i);
            across = Math.max(across, factors >> 4);
            down = Math.max(down, factors & 0xf);
        }
        return (long) ceilDiv(twoBytes(frame + 5), across * size) * ceilDiv(twoBytes(frame + 3), down * size);
    }

    private static int ceilDiv(int dividend, int divisor) {
        return (dividend + divisor - 1) / divisor;
    }

    /** Skips to the byte after the next marker. */
    private int next() {
        int code = NONE;
        while (code == NONE) {
            while (file[inFile(at)] != (byte) 0xff) {
                at++;
            }
            while (file[inFile(at)] == (byte) 0xff) {
                at++;
            }
            code = oneByte(at++);
        }
        marker = code;
        return code;
    }

    private static boolean isFrame(int marker) {
        return marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != DAC && marker != 0xc8;
    }

    private static boolean hasLength(int marker) {
        return marker != TEM && (marker < RST0 || marker > EOI);
    }

    private int twoBytes(int place) {
        inFile(place + 1);
        return Short.toUnsignedInt(ByteBuffer.wrap(file).getShort(place));
    }

    private int oneByte(int place) {
        return Byte.toUnsignedInt(file[inFile(place)]);
    }

    private int inFile(int place) {
        if (place >= limit) {
            throw new IndexOutOfBoundsException("the file ends before byte " + place);
        }
        return place;
    }
}
