"""Pictures drawn on the server: map, histogram, network, tree; SVG and PNG."""
