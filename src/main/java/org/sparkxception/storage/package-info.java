/**
 * What differs between filesystems: creating a file once, keys of S3, faults and how to explain them, committers.
 *
 * <p>Uses Hadoop, and nothing of images or models.
 */
package org.sparkxception.storage;
