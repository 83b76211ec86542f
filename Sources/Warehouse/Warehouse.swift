// Warehouse: guides, flakes, pipelines and skills, built in and layered.
