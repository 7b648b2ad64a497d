/** The nouns of iam, by kind. Each has a file of its own in this folder. */
// oxlint-disable-next-line typescript/no-empty-interface
export interface IamResources {}
