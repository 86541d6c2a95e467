package org.sparkxception.model;

/** What a weight file holds: a network and its trained tensors. */
public record ImportedNetwork(Architecture architecture, Weights weights) {}
