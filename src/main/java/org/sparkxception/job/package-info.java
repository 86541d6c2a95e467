/**
 * The batch job on the driver: planning, chunks, resuming, the lock of an output, and the report of a run.
 *
 * <p>Callers use {@code ClassifyJob}, {@code JobSettings}, {@code Mode} and {@code Outcome}.
 */
package org.sparkxception.job;
