package org.sparkxception.result;

/**
 * A class that an image may be of.
 *
 * @param index position among the network's outputs
 * @param score what the activation makes of the logit
 */
public record Prediction(int index, String label, float score) {}
