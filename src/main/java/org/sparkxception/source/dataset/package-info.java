/**
 * What all kinds of datasets have in common: a reference to an image, a listing, and the rows of both.
 *
 * <p>Everything that handles images of a dataset uses it.
 */
package org.sparkxception.source.dataset;
