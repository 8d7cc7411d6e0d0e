"""Parts of the reader of MaiML: typed values, Kiban's own documents, documents of others, files beside the document."""
