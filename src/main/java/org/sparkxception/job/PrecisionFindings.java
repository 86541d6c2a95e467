package org.sparkxception.job;

import org.sparkxception.report.RunReport;

/**
 * What a run knows about its precision before it scores; stored, so that a resumed run scores in the same way.
 *
 * @param stated the figures for the report
 * @param calibration from images of the run, in the safetensors format; empty if not needed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PrecisionFindings(RunReport.Precision stated, byte[] calibration) {}
