/**
 * The batch job on the driver: planning, chunks, resume, the output lock, and the run report.
 *
 * <p>Callers use {@code ClassifyJob}, {@code JobSettings}, {@code Mode} and {@code Outcome}.
 */
package org.sparkxception.job;
