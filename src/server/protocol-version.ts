/** Version of MLflow whose scoring protocol is spoken; the body of `/version`. */
export const mlflowProtocolVersion = '3.17.2';
