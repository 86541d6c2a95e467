/**
 * The Java API: {@link org.sparkxception.api.ImageClassifier} scores a column of image bytes of any dataset. The types
 * that it needs ({@code ScoringSettings}, {@code ModelBundle}, {@code BundleStore}) are public API as well; every other public class
 * is public only for other packages of this project.
 *
 * <p>Uses the executor side of {@code inference}; nothing here depends on it.
 */
package org.sparkxception.api;
