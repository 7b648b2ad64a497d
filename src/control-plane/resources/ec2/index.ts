/** The nouns of ec2, by kind. Each has a file of its own in this folder. */
// oxlint-disable-next-line typescript/no-empty-interface
export interface Ec2Resources {}
