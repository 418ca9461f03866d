"use strict";

// The address of the OpenAPI document comes from the page, which knows where it is mounted.
const address = document.currentScript.dataset.openapi;

window.addEventListener("DOMContentLoaded", () => {
  SwaggerUIBundle({
    url: address,
    dom_id: "#operations",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    // Without this the page would show the document to a service on the internet.
    validatorUrl: null,
  });
});
