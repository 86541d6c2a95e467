package org.sparkxception.inference;

import java.util.Optional;

/**
 * What the network says of an image.
 *
 * @param logits one a class; none of a network without classes
 * @param embedding the pooled vector before the head, where it is asked for, or what a network without classes gives
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record NetworkOutput(float[] logits, Optional<float[]> embedding) {}
