// SPDX-License-Identifier: Apache-2.0
/**
 * Pictures of what a network answers, and of how long that takes. {@link
 * org.lstm4j.tools.plot.Plot} is all there is to use; it draws with XChart, of which nothing shows
 * outside this package.
 *
 * <p>Needs the module {@code java.desktop} and a font, but no display. The numbers come out of
 * {@code org.lstm4j.tools.data}, or from a network directly.
 */
package org.lstm4j.tools.plot;
