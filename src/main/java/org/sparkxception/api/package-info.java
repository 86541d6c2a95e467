/**
 * The Java API: {@link org.sparkxception.api.ImageClassifier} scores a column of image bytes of any dataset. The types
 * that it needs are public API as well: {@link org.sparkxception.inference.ScoringSettings} and the enums of its builder, {@link
 * org.sparkxception.model.ModelBundle}, {@code org.sparkxception.bundle.BundleStore} and {@link org.sparkxception.UserException}. Every
 * other public class is public only for other packages of this project, and can change in any version.
 *
 * <p>Uses the executor side of {@code inference}; nothing here depends on it.
 */
package org.sparkxception.api;
