export function feature(topology: any, object: any): any;
