/**
 * The rows of results.
 *
 * <p>Tasks write them, the job reads them.
 */
package org.sparkxception.result;
