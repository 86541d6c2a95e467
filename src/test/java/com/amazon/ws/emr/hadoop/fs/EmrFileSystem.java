package com.amazon.ws.emr.hadoop.fs;

import org.apache.hadoop.fs.RawLocalFileSystem;

/** A local disk under the name of Amazon's filesystem, which exists only on EMR. */
public final class EmrFileSystem extends RawLocalFileSystem {}
