/** What the two plug-ins have in common, and others may want: nothing here knows a build server. */
package io.awsfed.examples.common;
