/** A port of 127.0.0.1 that nobody listens on, and that no other caller is told: a listener's port has to be known when it is made. */
export declare function freePort(): Promise<number>;
