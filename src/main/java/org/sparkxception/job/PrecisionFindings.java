package org.sparkxception.job;

import org.sparkxception.report.RunReport;

/**
 * What a run knows of its precision before it scores; kept, so that a run that goes on scores as it began.
 *
 * @param stated what the report says
 * @param calibration made of images of the run, in the safetensors format; empty, if there was no need
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PrecisionFindings(RunReport.Precision stated, byte[] calibration) {}
