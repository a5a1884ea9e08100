"""SAEs over REST."""

from ...saes import architectures, download, operations
from . import Route

ROUTES = (
    Route("GET", "architectures", architectures.list_architectures),
    Route("GET", "saes", operations.list_saes),
    Route("POST", "saes", operations.import_sae, 202),
    Route("GET", "saes/{id}", operations.get_sae),
    Route("PATCH", "saes/{id}", operations.edit_sae),
    Route("DELETE", "saes/{id}", operations.delete_sae),
    Route("GET", "saes/{id}/delete-plan", operations.plan_delete_sae),
    Route("GET", "saes/{id}/download", download.download_sae),
    Route("POST", "saes/{id}/export", operations.export_sae, 202),
)
