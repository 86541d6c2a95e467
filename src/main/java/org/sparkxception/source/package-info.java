/**
 * The datasets that a user can name: {@code SourceSettings} opens one as an {@code ImageSource}.
 *
 * <p>Uses the rooms below it, one per kind of dataset.
 */
package org.sparkxception.source;
