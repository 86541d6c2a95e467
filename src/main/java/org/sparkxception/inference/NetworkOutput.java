package org.sparkxception.inference;

import java.util.Optional;

/**
 * What the network says of an image.
 *
 * @param logits one a class
 * @param embedding the pooled vector before the head, where it is asked for
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record NetworkOutput(float[] logits, Optional<float[]> embedding) {}
