package org.sparkxception.result;

/**
 * A predicted class of an image.
 *
 * @param index index of the class in the output of the network
 * @param score the logit after the activation
 */
public record Prediction(int index, String label, float score) {}
