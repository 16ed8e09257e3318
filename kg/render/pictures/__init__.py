"""Pictures drawn on the server: layouts of map, histogram, network and tree; SVG to PNG."""
