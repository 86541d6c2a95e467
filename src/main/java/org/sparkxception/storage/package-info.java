/**
 * Differences between filesystems: exclusive file creation, S3 keys, faults and their explanations, committers.
 *
 * <p>Uses Hadoop. Independent of images and models.
 */
package org.sparkxception.storage;
