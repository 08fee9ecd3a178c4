declare const leaflet: any;
export = leaflet;
