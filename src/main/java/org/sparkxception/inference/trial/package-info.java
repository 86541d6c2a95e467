/**
 * Tasks that test a model before scoring: whether an executor can load it, and how closely a precision agrees with float32.
 *
 * <p>The job uses {@code PreflightTask} and {@code PrecisionTrial}.
 */
package org.sparkxception.inference.trial;
