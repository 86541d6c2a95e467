/**
 * Tasks that try a model before or beside the scoring: that an executor can load it, and how far a precision agrees with
 * float32.
 *
 * <p>The job uses {@code PreflightTask} and {@code PrecisionTrial}.
 */
package org.sparkxception.inference.trial;
