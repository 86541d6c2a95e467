/**
 * The schema and the rows of the results.
 *
 * <p>Tasks write them, the job reads them.
 */
package org.sparkxception.result;
