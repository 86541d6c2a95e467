/**
 * Lineage of a run, for data catalogs: the OpenLineage events of its start and its end.
 *
 * <p>Source: the OpenLineage specification 2-0-2, <a href="https://openlineage.io/docs/spec/object-model">openlineage.io</a>.
 */
package org.sparkxception.lineage;
