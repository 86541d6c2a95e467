/**
 * The dataset formats that a user can select: {@code SourceSettings} opens a dataset as an {@code ImageSource}.
 *
 * <p>Uses the packages below it, one per kind of dataset.
 */
package org.sparkxception.source;
