export { AwsError } from './error.ts';
export { type Call, type Operation, type Service } from './operation.ts';
export { catalogueEntryOf, modelsOf, openModels, type CatalogueEntry, type Models } from './model/library.ts';
export { ServiceModel, type ErrorModel, type OperationModel, type Protocol } from './model/service-model.ts';
export { type ModelDocument } from './model/document.ts';
